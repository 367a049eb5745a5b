# Make `.venv` with the project installed; sourced by the scripts beside this file, from the project's folder.

find_python() {
    for candidate in python3 python3.13 python3.12 python3.11 python3.14 python3.15 python; do
        # A name may be there and not work: pyenv has one for every version, active or not.
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "error: there is no Python 3.11 or later on the PATH" >&2
    echo "hint: install one, such as \`apt install python3 python3-venv\` or \`brew install python\`" >&2
    return 1
}

make_virtual_environment() {
    python=$(find_python)
    if ! "$python" -m venv --clear .venv >&2; then
        rm -rf .venv
        echo "error: \`$python -m venv\` does not work" >&2
        echo "hint: Debian and Ubuntu have it in a package of its own: \`apt install python3-venv\`" >&2
        return 1
    fi
    # Dependency groups need pip 25.1, and Python brings an older one.
    .venv/bin/python -m pip install -qq --upgrade pip
}

# Install the project and a dependency group where that is not done yet: set_up GROUP
set_up() {
    wanted=$(cat pyproject.toml scripts/environment.sh | cksum)
    if [ "$(cat ".venv/set-up-$1" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
        return
    fi
    echo "Setting up .venv" >&2
    .venv/bin/python -m pip --version >/dev/null 2>&1 || make_virtual_environment
    .venv/bin/python -m pip install -qq --editable . ${1:+--group "$1"}
    echo "$wanted" >".venv/set-up-$1"
}
