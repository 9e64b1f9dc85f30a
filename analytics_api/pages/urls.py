"""Under /settings/integrations/; the first words of each name are the section that the list of settings marks."""

from django.urls import path

from analytics_api.pages import accounts, calls

urlpatterns = [
    path("", accounts.list_accounts, name="settings_integrations"),
    path("new/", accounts.new_account, name="settings_integrations_new"),
    path("calls/", calls.list_calls, name="settings_integrations_calls"),
    path("calls/<int:number>/", calls.show_call, name="settings_integrations_call"),
    path("calls/<int:number>/replay/", calls.replay_call, name="settings_integrations_call_replay"),
    path("<int:integration>/", accounts.edit_account, name="settings_integrations_edit"),
    path("<int:integration>/try/", accounts.try_account, name="settings_integrations_try"),
    path("<int:integration>/secret/", accounts.renew_secret, name="settings_integrations_secret"),
    path("<int:integration>/old-secret/end/", accounts.end_old, name="settings_integrations_old_end"),
    path("<int:integration>/off/", accounts.switch_off, name="settings_integrations_off"),
    path("<int:integration>/on/", accounts.switch_on, name="settings_integrations_on"),
]
