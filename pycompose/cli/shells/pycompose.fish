# Completion of pycompose for fish:
# pycompose completion fish >~/.config/fish/completions/pycompose.fish

function __pycompose_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] (string unescape -- $current) 2>/dev/null)
    set -l directive (string replace ':' '' -- $lines[-1])
    string match -qr '^[0-9]+$' -- $directive; or return
    set -e lines[-1]

    if set -q lines[1]; and test (math "bitand($directive, 8)") -eq 0
        string join \n -- $lines
        return
    else if test (math "bitand($directive, 28)") -eq 4
        return
    end
    # Fish has its files completed for a command that it does not know. A value that follows its
    # flag and "=" is a path of its own.
    set -l prefix (string match -r '^-[^=]*=' -- $current; or echo)
    set -l endings (string join '|' -- $lines; or echo none)
    set -l path (string replace -- "$prefix" '' $current)
    for found in (complete -C "__pycompose_none $path")
        set -l name (string split -f1 \t -- $found)
        if string match -q '*/' -- $name
            or test (math "bitand($directive, 24)") -eq 0
            or string match -qr "\.($endings)\$" -- $name
            echo $prefix$name
        end
    end
end

complete -c pycompose -f -a '(__pycompose_complete)'
