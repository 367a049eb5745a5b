"""Every error a user can meet, each family with its exit code.

BundleError
├── SettingsError    2   the project's settings are wrong
│   └── SettingsMissingError, SettingsUnreadableError, SettingsMistakesError, UnknownFunctionError,
│       UnknownArchitectureError, InterpreterSettingError, BundleNotDescribedError, HandlerFormError,
│       SizesMissingError, SizesConflictError, GrowthFormError, BundleMissingError, LayerMissingError, NotRunnableError,
│       EventFormError, VariableFormError, QueryFormError
├── ResolveError     3   requirements, locks, wheels and downloads
│   └── RequirementsFileError, RequirementError, UnpinnedRequirementError, PinConflictError, PipSettingsError,
│       IndexUnreachableError, IndexAccessError, IndexNotTrustedError, PackageMissingError, WheelMissingError,
│       LockHashError, HashMismatchError, SourceBuildError, SourceForbiddenError, FetchError,
│       WheelBrokenError, WheelTagError, FileClashError, LockFormatError, LockSourceError, LockTargetError,
│       UnknownGroupError, CompileError, ResolverMissingError, LockNameError, LockOverwriteError, NothingToLockError,
│       SeveralLocksError, LocalProjectError, GitError, OfflineError, CacheUnwritableError
├── TraceError       4   the import graph cannot be made
├── TransformError   5   a file cannot be compiled or rewritten
│   └── SourceNotCompilableError
├── PackError        6   the zip cannot be written
│   └── ArchiveTooLargeError, OutputError
├── BudgetError      7   a bundle is larger than its limit
│   └── OverLimitError
├── ProofError       8   a finished bundle does not hold what it promises
├── NothingMatchesError    2
└── BuildInterruptedError  130

A class of its own exists where a caller or a test tells it apart; it takes values and writes the text. Exit code 1 is
left to Python: an unexpected exception is a bug of ours and shows its traceback.
"""

from bundler.errors.base import (
    BuildInterruptedError,
    BundleError,
    NothingMatchesError,
)
from bundler.errors.build import (
    ArchiveTooLargeError,
    BudgetError,
    HandlerNotFoundError,
    OutputError,
    OverLimitError,
    PackError,
    ProofError,
    SourceNotCompilableError,
    TraceError,
    TransformError,
)
from bundler.errors.resolve import (
    CacheUnwritableError,
    CompileError,
    FetchError,
    FileClashError,
    GitError,
    HashMismatchError,
    IndexAccessError,
    IndexNotTrustedError,
    IndexUnreachableError,
    LocalProjectError,
    LockFormatError,
    LockHashError,
    LockNameError,
    LockOverwriteError,
    LockSourceError,
    LockTargetError,
    NothingToLockError,
    OfflineError,
    PackageMissingError,
    PinConflictError,
    PipSettingsError,
    RequirementError,
    RequirementsFileError,
    ResolveError,
    ResolverMissingError,
    SeveralLocksError,
    SourceBuildError,
    SourceForbiddenError,
    UnknownGroupError,
    UnpinnedRequirementError,
    WheelBrokenError,
    WheelMissingError,
    WheelTagError,
)
from bundler.errors.settings import (
    BundleMissingError,
    BundleNotDescribedError,
    EventFormError,
    GrowthFormError,
    HandlerFormError,
    InterpreterSettingError,
    LayerMissingError,
    NotRunnableError,
    QueryFormError,
    SettingsError,
    SettingsMissingError,
    SettingsMistakesError,
    SettingsUnreadableError,
    SizesConflictError,
    SizesMissingError,
    UnknownArchitectureError,
    UnknownFunctionError,
    VariableFormError,
)

__all__ = [
    "ArchiveTooLargeError",
    "BudgetError",
    "BuildInterruptedError",
    "BundleError",
    "BundleMissingError",
    "BundleNotDescribedError",
    "CacheUnwritableError",
    "CompileError",
    "EventFormError",
    "FetchError",
    "FileClashError",
    "GitError",
    "GrowthFormError",
    "HandlerFormError",
    "HandlerNotFoundError",
    "HashMismatchError",
    "IndexAccessError",
    "IndexNotTrustedError",
    "IndexUnreachableError",
    "InterpreterSettingError",
    "LayerMissingError",
    "LocalProjectError",
    "LockFormatError",
    "LockHashError",
    "LockNameError",
    "LockOverwriteError",
    "LockSourceError",
    "LockTargetError",
    "NotRunnableError",
    "NothingMatchesError",
    "NothingToLockError",
    "OfflineError",
    "OutputError",
    "OverLimitError",
    "PackError",
    "PackageMissingError",
    "PinConflictError",
    "PipSettingsError",
    "ProofError",
    "QueryFormError",
    "RequirementError",
    "RequirementsFileError",
    "ResolveError",
    "ResolverMissingError",
    "SettingsError",
    "SettingsMissingError",
    "SettingsMistakesError",
    "SettingsUnreadableError",
    "SeveralLocksError",
    "SizesConflictError",
    "SizesMissingError",
    "SourceBuildError",
    "SourceForbiddenError",
    "SourceNotCompilableError",
    "TraceError",
    "TransformError",
    "UnknownArchitectureError",
    "UnknownFunctionError",
    "UnknownGroupError",
    "UnpinnedRequirementError",
    "VariableFormError",
    "WheelBrokenError",
    "WheelMissingError",
    "WheelTagError",
]
