"""The deliberate errors of Tickmark, sorted by what the caller can do about them.

::

    TickmarkError
    ├── InputError                 give another file, option or setting (exit code 2)
    │   ├── WorkbookRefused        this file cannot be read; the others of the run can
    │   │   └── PasswordNeeded     give the password with --password
    │   ├── SheetUnreadable        one sheet is damaged; the others of the workbook are read
    │   ├── AddressError           a text is no cell address or range
    │   ├── EncodingError          a text is no encoded sheet; `line` tells where
    │   ├── SettingError           an option, environment variable or settings file is wrong
    │   ├── ArgumentRefused        an argument of a worksheet function is wrong
    │   ├── ArgumentPending        an argument still waits for an answer of its own
    │   └── PlanError              tasks that cannot be put in order, such as those in a cycle
    ├── WriteRefused               nothing was written; the sentence says why
    ├── ModelError                 the language model gave no usable answer
    │   ├── ModelBusy              try again later; `retry_after` seconds if the provider said so
    │   ├── ModelUnreachable       the provider cannot be reached
    │   ├── ModelDenied            the key or the account is refused: stop the run (exit code 5)
    │   ├── PromptTooLong          send less
    │   ├── AnswerUnusable         refused, cut short or not of the asked form
    │   │   └── AnswerCut          cut at its limit of tokens: ask for less at once
    │   ├── AnswerPending          handed in with others, to be collected later
    │   ├── RequestInvalid         the request itself is rejected, such as a wrong model name
    │   └── TooManyFailures        as many questions failed as may fail: look at why, then resume
    └── BudgetExceeded             the spending limit is reached: stop the run (exit code 4)

Every message is one sentence that names the culprit and says what to do. No message carries a key.
"""

from __future__ import annotations


class TickmarkError(Exception):
    """Root of all deliberate errors; its text is fit for a user's eyes."""


class InputError(TickmarkError):
    """The caller has to change a file, an option or a setting."""


class WorkbookRefused(InputError):
    """A workbook that cannot be read at all."""


class PasswordNeeded(WorkbookRefused):
    """An encrypted workbook without the right password."""


class SheetUnreadable(InputError):
    """One sheet that cannot be read while its workbook can."""


class AddressError(InputError, ValueError):
    """A text that is no cell address or range."""


class EncodingError(InputError, ValueError):
    """A text that is no encoded sheet; `line` counts from 1, 0 where no line is to blame."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(f"Line {line}: {message}" if line else message)
        self.reason = message
        self.line = line


class SettingError(InputError):
    """A wrong option, environment variable or settings file."""


class ArgumentRefused(InputError):
    """A wrong argument of a worksheet function; the text fits behind `#LLM value: `."""


class ArgumentPending(InputError):
    """An argument that holds no answer yet, but a state such as `#LLM wait`."""


class PlanError(InputError, ValueError):
    """Tasks that cannot be put in order; the sentence names them."""


class WriteRefused(TickmarkError):
    """An output that cannot be written without damage; nothing was written."""


class ModelError(TickmarkError):
    """The language model gave no usable answer.

    `usage` is what the failed calls cost (a `model.usage.Usage`, read with `llm.model.spent_on`);
    `perhaps_charged` tells that a sent request got no readable answer and may cost all the same.
    `status` is that of HTTP and `request_id` the provider's name of the call, where they are known;
    `stop_reason` is the provider's word on how an answer ended.
    """

    usage: object | None = None
    perhaps_charged: bool = False
    status: int = 0
    request_id: str = ""
    stop_reason: str = ""


class ModelBusy(ModelError):
    """The provider asks to wait: rate limit, overload or a passing fault.

    `retry_after` is in seconds, `None` where the provider named no time;
    `rate_limited` tells an own limit (429) from the provider's overload.
    """

    def __init__(
        self, message: str, *, retry_after: float | None = None, rate_limited: bool = False
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.rate_limited = rate_limited


class ModelUnreachable(ModelError):
    """No connection to the provider, or the connection broke.

    `timed_out` tells that no answer came in time; `given_up` that the provider failed for so long
    that nothing was sent, and trying again at once is in vain.
    """

    timed_out: bool = False
    given_up: bool = False


class ModelDenied(ModelError):
    """The provider refuses the key, the account or its payment."""


class PromptTooLong(ModelError):
    """The prompt does not fit the model's context."""


class AnswerUnusable(ModelError):
    """An answer that was refused, cut short or not of the asked form."""


class AnswerCut(AnswerUnusable):
    """An answer that ended at its limit of tokens."""


class AnswerPending(ModelError):
    """A question that was handed in with others; its answer is collected later."""


class RequestInvalid(ModelError):
    """The provider rejects the request itself."""


class TooManyFailures(ModelError):
    """As many questions of a run failed as may fail; no more are asked."""


class BudgetExceeded(TickmarkError):
    """The next call could exceed the spending limit; nothing was sent.

    `usage`, `status` and `request_id` are as for ModelError.
    """

    usage: object | None = None
    status: int = 0
    request_id: str = ""
