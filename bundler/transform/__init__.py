"""Plan → StagedFile…: planned files come in, the bytes that ship go out.

`compile_modules` makes the bytecode of all plans of a site at once, with the target's own interpreter, and
`describe_bytecode` says so where there is none; a `Stager` puts together what each zip will hold, `stage_folder` what
the zip of a folder does. `Guards` puts into each what explains at run time that something was left out.
"""

from bundler.transform.apply import Stager, stage_folder
from bundler.transform.bytecode import compile_modules, describe_bytecode
from bundler.transform.guard import Guards

__all__ = ["Guards", "Stager", "compile_modules", "describe_bytecode", "stage_folder"]
