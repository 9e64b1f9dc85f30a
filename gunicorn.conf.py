"""The production server: `gunicorn -c gunicorn.conf.py`, as `manage.py start` runs it."""

import os

from crm.server import tls

wsgi_app = "crm.wsgi"
proc_name = "orbita-crm"

host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{host}]' if ':' in host else host}:{os.environ.get('PORT', '8000')}"
certfile = os.environ.get("TLS_CERT") or None
keyfile = os.environ.get("TLS_KEY") or None
ssl_context = tls.ssl_context

worker_class = "crm.server.worker.Worker"
workers = int(os.environ.get("WORKERS", "2"))
# What they write at the same time goes into one transaction (crm.services.group_commit): of eight, twice as much at a
# time as of four.
threads = 8
# Not preloaded: each worker reads the code itself, so `kill -HUP` of the master brings in a new version without a
# refused connection, and no worker can inherit an open database connection of another.
preload_app = False
graceful_timeout = 30
# Longer than the minute for which proxies keep their connections, so that it is never us who close one in use.
keepalive = 75

# 64 KiB of query pass to the application, which refuses a longer one itself, in the order that the contract has.
limit_request_line = 128 * 1024
# The C parser, were it installed, would not know our limit.
http_parser = "python"
# Whom to believe about forwarding is TRUSTED_PROXIES, see crm.middleware; gunicorn itself believes nobody.
forwarded_allow_ips = ""
control_socket_disable = True

logger_class = "crm.server.logger.Logger"
accesslog = "-"
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(M)sms'
