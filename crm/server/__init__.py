"""What the production server does otherwise than gunicorn on its own; gunicorn.conf.py puts it to work."""
