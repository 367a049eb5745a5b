from bundler.errors import BundleError
from bundler.interface import Build, Bundle, Package, Project, build
from bundler.version import __version__

__all__ = ["Build", "Bundle", "BundleError", "Package", "Project", "__version__", "build"]
