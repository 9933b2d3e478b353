"""Turn what stopped a command into the five-field form."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import typer

from muster.errors import Fault

RULES: Mapping[str, str] = MappingProxyType(
    {
        "C1": "A command is called as its `--help` says.",
        "C2": "A plan folder may be replaced by a new plan; no other folder or file is ever replaced by one.",
        "C3": "Files and folders can be read and written.",
        "C4": "Whatever is given, muster answers with a result or a message; anything else is a mistake in muster.",
    }
)
"""Rules of the command line, for the reference."""

_DISK = {
    errno.ENOENT: ("there is no such file or folder", "check the name and the folder you are in"),
    errno.EACCES: ("this may not be read or written by you", "ask for access, or choose another folder"),
    errno.EPERM: ("this may not be read or written by you", "ask for access, or choose another folder"),
    errno.EROFS: ("this disk is read-only", "choose a folder on another disk"),
    errno.ENOSPC: ("the disk is full", "free some space, or choose a folder on another disk"),
    errno.EDQUOT: ("your share of the disk is used up", "free some space, or choose a folder on another disk"),
    errno.ENOTDIR: ("a folder was expected, and this is a file", "name a folder"),
    errno.EEXIST: ("something else of that name is in the way", "choose another name, or move it away"),
    errno.EISDIR: ("a file was expected, and this is a folder", "name a file"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.EBUSY: ("this folder is in use, or is a disk of its own", "name a folder inside it"),
    errno.ENOTEMPTY: ("a folder that is not empty is in the way", "name another folder, or move this one away"),
    errno.EMFILE: ("too many files are open", "close other programs and try again"),
}


def disk_fault(error: OSError, *, called: str) -> Fault:
    """Return what the file system said, in plain words (rule C3)."""
    said = str(error.strerror or error)
    in_words = re.search(r"\(os error (\d+)\)", said)  # polars says the number in its text only
    number = int(in_words[1]) if in_words else error.errno or 0
    what, do = _DISK.get(number, (said.lower(), "check the name, the disk and who may write there"))
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    return Fault(what=f"{what}.", where=", ".join(names) or called, seen="", do=do, rule="C3")


class CannotUse(typer.BadParameter):
    """A value on the command line that cannot be used.

    Attributes:
        seen: The value.
        do: What to write instead.
    """

    def __init__(self, seen: str, *, do: str) -> None:
        super().__init__(f"{seen}: {do}")
        self.seen, self.do = seen, do


class Lacking(typer.BadParameter):
    """Something that the command needs was not said, in no one option.

    Attributes:
        what: A sentence.
        do: What to add.
    """

    def __init__(self, what: str, *, do: str) -> None:
        super().__init__(f"{what} {do}")
        self.what, self.do = what, do


def usage_fault(error: Any, *, called: str) -> Fault:
    """Return wrong usage (an error of typer's with ``format_message``) in plain words (rule C1)."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "muster"
    what, seen, do = _in_plain_words(error, command=command)
    return Fault(
        what=what,
        where=called,
        seen=seen,
        do=do + (" " if do.endswith("?") else "; ") + f"{command} --help says more",
        rule="C1",
    )


def broken_fault(error: BaseException, *, called: str) -> Fault:
    """Return the message for a mistake of ours (rule C4)."""
    if isinstance(error, MemoryError):
        do = "close other programs, plan fewer periods, or use a machine with more memory"
        return Fault(what="there is not enough memory for this.", where=called, seen="", do=do, rule="C4")
    return Fault(
        what="something went wrong inside muster; it is not your mistake.",
        where=called,
        seen=f"{type(error).__name__}: {error}",
        do="please report it with this message and with what the same command prints after MUSTER_DEBUG=1",
        rule="C4",
    )


def _in_plain_words(error: Any, *, command: str) -> tuple[str, str, str]:
    """Return what is wrong, what was seen and what to do."""
    message = str(error.message or error.format_message())
    if isinstance(error, CannotUse):
        return f"{_parameter(error)} cannot be used.", error.seen, error.do
    if isinstance(error, Lacking):
        return error.what, "", error.do
    if type(error).__name__ == "NoSuchOption":
        return f"{command} has no option {error.option_name}.", "", _meant(error.possibilities)
    if type(error).__name__ == "MissingParameter":
        return f"{command} needs {_parameter(error)}.", "", f"give {_parameter(error)}"
    if type(error).__name__ == "BadOptionUsage":
        return f"{error.option_name} needs a value.", "", "write one after it"
    unknown = re.match(r"No such command '(.*?)'\.?(?: Did you mean (.*)\?)?", message)
    if unknown:
        return f"there is no command {unknown[1]}.", "", _meant(re.findall(r"'(.*?)'", unknown[2] or ""))
    extra = re.search(r"extra arguments?(?:\(s\))? \((.*)\)", message)
    if extra:
        return (
            f"{command} was given more than it takes.",
            extra[1],
            "leave that out, or put a name with blanks in quotes",
        )
    return f"{message[:1].lower()}{message[1:]}", "", "correct it"


def _meant(near: Sequence[str] | None) -> str:
    return f"did you mean {' or '.join(near)}?" if near else "look for the name"


def _parameter(error: Any) -> str:
    parameter = error.param
    options = [name for name in parameter.opts if name.startswith("-")]
    return str(options[0] if options else parameter.metavar or parameter.name)
