#compdef pycompose
# Completion of pycompose for zsh: pycompose completion zsh >"${fpath[1]}/_pycompose"

_pycompose() {
    local -a lines plain told space
    local line value directive
    lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    directive=${lines[-1]#:}
    lines=("${(@)lines[1,-2]}")
    [[ $directive == <-> ]] || return 1

    if (( directive & 8 )); then
        [[ $PREFIX == -*=* ]] && compset -P 1 '*='
        _alternative "files:Compose file:_path_files -g '*.(${(j:|:)lines})'" \
            'folders:folder:_path_files -/'
    elif (( directive & 16 )); then
        [[ $PREFIX == -*=* ]] && compset -P 1 '*='
        _path_files -/
    elif (( ${#lines} )); then
        (( directive & 2 )) && space=(-S '')
        for line in "${lines[@]}"; do
            value=${line%%$'\t'*}
            value=${value//:/\\:}
            if [[ $line == *$'\t'* ]]; then
                told+=("$value:${line#*$'\t'}")
            else
                plain+=("$value")
            fi
        done
        _describe -V 'pycompose' told "${space[@]}" -- plain "${space[@]}"
    elif (( ! (directive & 4) )); then
        [[ $PREFIX == -*=* ]] && compset -P 1 '*='
        _files
    fi
}

if [[ ${funcstack[1]} == _pycompose ]]; then
    _pycompose "$@"
else
    compdef _pycompose pycompose
fi
