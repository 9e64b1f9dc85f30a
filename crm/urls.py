"""Every address of the product, grouped by noun."""

from django.contrib import admin
from django.urls import include, path

from crm.views import (
    board,
    bulk,
    calls,
    client,
    clients,
    deal,
    deal_row,
    deals,
    erasing,
    files,
    health,
    invitations,
    mentions,
    moves,
    notifications,
    profile,
    saved_views,
    search,
    second_step,
    session,
    setup,
    subjects,
    taking,
    tasks,
    trash,
    two_factor,
    undoing,
)
from crm.views.settings import choices as settings_choices
from crm.views.settings import fields as settings_fields
from crm.views.settings import firm
from crm.views.settings import index as settings_index
from crm.views.settings import log as settings_log
from crm.views.settings import people as settings_people
from crm.views.settings import sign_ins as settings_sign_ins
from crm.views.settings import statuses as settings_statuses

board_urls = [
    path("", board.show_board, name="board"),
    path("board/changes/", board.show_changes, name="board_changes"),
    path("board/add/", board.add_deal, name="board_add"),
    path("board/<int:status>/", board.show_column, name="board_column"),
]

deal_urls = [
    path("", deals.list_deals, name="deals"),
    path("figures/", deals.show_figures, name="deal_figures"),
    path("new/", deals.new_deal, name="deal_new"),
    path("new/clients/", deals.offer_clients, name="deal_new_clients"),
    path("<int:number>/move/", moves.move, name="deal_move"),
    path("<int:number>/take/", taking.take, name="deal_take"),
    path("<int:number>/", deal.show_deal, name="deal"),
    path("<int:number>/fields/<slug:name>/", deal.edit_field, name="deal_field"),
    path("<int:number>/row/", deal_row.show_row, name="deal_row"),
    path("<int:number>/row/<slug:name>/", deal_row.edit_cell, name="deal_cell"),
    path("<int:number>/comment/", deal.compose, {"kind": "comment"}, name="deal_comment"),
    path("<int:number>/task/", deal.compose, {"kind": "task"}, name="deal_task"),
    path("<int:number>/call/", deal.compose, {"kind": "call"}, name="deal_call"),
    path("<int:number>/files/", files.add_to_deal, name="deal_files"),
    path("<int:number>/trash/", deal.trash, name="deal_trash"),
    path("<int:number>/restore/", deal.restore, name="deal_restore"),
]

bulk_urls = [
    path("", bulk.list_bulks, name="deal_bulks"),
    path("new/", bulk.prepare, name="deal_bulk_new"),
    path("<int:number>/", bulk.show_bulk, name="deal_bulk"),
    path("<int:number>/start/", bulk.start, name="deal_bulk_start"),
    path("<int:number>/undo/", bulk.undo, name="deal_bulk_undo"),
]

client_urls = [
    path("", clients.list_clients, name="clients"),
    path("new/", clients.new_client, name="client_new"),
    path("known/", clients.show_known_client, name="client_known"),
    path("<int:number>/", client.show_client, name="client"),
    path("<int:number>/field/<str:name>/", client.edit_field, name="client_field"),
    path("<int:number>/contacts/", client.edit_contacts, name="client_contacts"),
    path("<int:number>/comment/", client.compose, {"kind": "comment"}, name="client_comment"),
    path("<int:number>/task/", client.compose, {"kind": "task"}, name="client_task"),
    path("<int:number>/call/", client.compose, {"kind": "call"}, name="client_call"),
    path("<int:number>/files/", files.add_to_client, name="client_files"),
    path("<int:number>/trash/", client.trash, name="client_trash"),
    path("<int:number>/restore/", client.restore, name="client_restore"),
    path("<int:number>/erase/", erasing.erase, name="client_erase"),
]

task_urls = [
    path("", tasks.list_tasks, name="tasks"),
    path("new/", tasks.new_task, name="task_new"),
    path("<int:number>/", tasks.edit_task, name="task"),
    path("<int:number>/done/", tasks.finish, name="task_done"),
    path("<int:number>/reopen/", tasks.reopen, name="task_reopen"),
    path("<int:number>/move/", tasks.move, name="task_move"),
]

call_urls = [
    path("", calls.list_calls, name="calls"),
    path("<int:number>/attach/", calls.attach, name="call_attach"),
    path("<int:number>/detach/", calls.detach, name="call_detach"),
    path("<int:number>/deal/", calls.make_deal, name="call_deal"),
]

file_urls = [
    path("<int:number>/", files.download, name="file"),
    path("<int:number>/view/", files.view, name="file_view"),
    path("<int:number>/remove/", files.remove, name="file_remove"),
    path("<int:number>/restore/", files.restore, name="file_restore"),
]

view_urls = [
    path("", saved_views.list_views, name="views"),
    path("add/", saved_views.add_view, name="view_add"),
    path("<int:number>/", saved_views.edit_view, name="view"),
    path("<int:number>/query/", saved_views.keep_query, name="view_query"),
    path("<int:number>/default/", saved_views.choose_default, name="view_default"),
    path("<int:number>/move/", saved_views.move, name="view_move"),
    path("<int:number>/delete/", saved_views.delete, name="view_delete"),
]

notification_urls = [
    path("", notifications.list_notifications, name="notifications"),
    path("news/", notifications.show_news, name="notification_news"),
    path("read/", notifications.read_all, name="notification_read_all"),
    path("<int:number>/", notifications.open_notification, name="notification"),
]

person_urls = [
    path("login/", session.LogIn.as_view(), name="login"),
    path("login/code/", second_step.enter_code, name="login_code"),
    path("logout/", session.LogOut.as_view(), name="logout"),
    path("profile/", profile.show_profile, name="profile"),
    path("profile/theme/", profile.choose_theme, name="profile_theme"),
    path("profile/notifications/", profile.choose_notifications, name="profile_notifications"),
    path("profile/password/", profile.change_own_password, name="profile_password"),
    path("profile/two-step/", two_factor.show, name="profile_two_step"),
    path("profile/two-step/codes/", two_factor.renew_codes, name="profile_two_step_codes"),
    path("profile/two-step/off/", two_factor.switch_off, name="profile_two_step_off"),
    path("password/", session.forgotten_password, name="password_forgotten"),
    path("password/<uidb64>/<token>/", session.NewPassword.as_view(), name="password_reset_confirm"),
    path("invitation/<str:token>/", invitations.accept, name="invitation"),
    path("setup/", setup.set_up, name="setup"),
]

choice_urls = [
    path("fields/<int:field>/choices/", settings_choices.add, name="settings_fields_choice_add"),
    path("fields/<int:field>/choices/<int:choice>/", settings_choices.rename, name="settings_fields_choice"),
    path(
        "fields/<int:field>/choices/<int:choice>/place/", settings_choices.place, name="settings_fields_choice_place"
    ),
    path(
        "fields/<int:field>/choices/<int:choice>/remove/",
        settings_choices.remove,
        name="settings_fields_choice_remove",
    ),
]
settings_people_urls = [
    path("", settings_people.list_people, name="settings_people"),
    path("invite/", settings_people.invite, name="settings_people_invite"),
    path("<int:user>/", settings_people.edit, name="settings_people_edit"),
    path("<int:user>/link/", settings_people.make_link, name="settings_people_link"),
    path("<int:user>/off/", settings_people.switch_off, name="settings_people_off"),
    path("<int:user>/on/", settings_people.switch_on, name="settings_people_on"),
    path("<int:user>/hand-over/", settings_people.hand_over, name="settings_people_hand_over"),
    path("<int:user>/two-step/", settings_people.reset_two_step, name="settings_people_two_step"),
    path("handed/<int:number>/", settings_people.show_handed, name="settings_people_handed"),
]

settings_urls = [
    path("", settings_index.show_settings, name="settings"),
    path("firm/", firm.show_firm, name="settings_firm"),
    path("firm/demo/", firm.delete_demo, name="settings_firm_demo"),
    path("firm/phones/", firm.add_phone, name="settings_firm_phone_add"),
    path("firm/phones/<int:phone>/delete/", firm.delete_phone, name="settings_firm_phone_delete"),
    path("fields/", settings_fields.list_fields, name="settings_fields"),
    path("fields/new/", settings_fields.new_field, name="settings_fields_new"),
    path("fields/<int:field>/", settings_fields.edit_field, name="settings_fields_edit"),
    path("fields/<int:field>/place/", settings_fields.place, name="settings_fields_place"),
    path("fields/<int:field>/remove/", settings_fields.remove, name="settings_fields_remove"),
    path("fields/<int:field>/restore/", settings_fields.restore, name="settings_fields_restore"),
    *choice_urls,
    path("log/", settings_log.show_log, name="settings_log"),
    path("statuses/", settings_statuses.list_statuses, name="settings_statuses"),
    path("statuses/new/", settings_statuses.new_status, name="settings_statuses_new"),
    path("statuses/<int:status>/", settings_statuses.edit_status, name="settings_statuses_edit"),
    path("statuses/<int:status>/place/", settings_statuses.place, name="settings_statuses_place"),
    path("statuses/<int:status>/remove/", settings_statuses.remove, name="settings_statuses_remove"),
    path("statuses/<int:status>/restore/", settings_statuses.restore, name="settings_statuses_restore"),
]

urlpatterns = [
    path("", include(board_urls)),
    path("deals/", include(deal_urls)),
    path("deals/bulk/", include(bulk_urls)),
    path("clients/", include(client_urls)),
    path("tasks/", include(task_urls)),
    path("calls/", include(call_urls)),
    path("files/", include(file_urls)),
    path("views/", include(view_urls)),
    path("trash/", trash.show_trash, name="trash"),
    path("trash/restore/", trash.restore, name="trash_restore"),
    path("undo/<int:number>/", undoing.undo, name="batch_undo"),
    path("notifications/", include(notification_urls)),
    path("mentions/", mentions.offer_colleagues, name="mentions"),
    path("search/", search.search, name="search"),
    path("subjects/", subjects.offer_subjects, name="subjects"),
    path("settings/", include(settings_urls)),
    path("settings/sign-ins/", settings_sign_ins.list_sign_ins, name="settings_sign_ins"),
    path("settings/sign-ins/<int:number>/open/", settings_sign_ins.open_again, name="settings_sign_ins_open"),
    path("settings/people/", include(settings_people_urls)),
    path("settings/integrations/", include("analytics_api.pages.urls")),
    path("", include(person_urls)),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/login/", session.enter_administration),
    path("admin/", admin.site.urls),
    path("", include("analytics_api.urls")),
]

handler400 = "crm.views.errors.bad_request"
handler403 = "crm.views.errors.forbidden"
handler404 = "crm.views.errors.not_found"
handler500 = "crm.views.errors.server_error"
