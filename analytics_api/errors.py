"""How a request is refused."""


class CommandError(Exception):
    """The command cannot be carried out; the message says why and names the parameter. Answered with status 200."""


class RefusedError(Exception):
    """The request is turned away before its command is looked at."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
