"""Settings → Integrations: the pages of the protocol's accounts. They stand in the frame of the desk."""
