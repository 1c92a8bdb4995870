"""What can be wrong with the machinery that every process needs: each fault has a code and says the next step."""


class ServiceFault(Exception):
    """A service that Ombud needs is missing, or does not answer.

    `code` is stable and meant for programs; the message is meant for people and says what to do next.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"
