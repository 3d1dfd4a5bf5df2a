namespace Selfsame.Cli.Completion;

/// <summary>Scripts that teach a shell to ask the program for completions.</summary>
internal static class CompletionScripts
{
    /// <summary>The script of each shell, by its name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new OrderedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["bash"] =
            """
            # Completion of selfsame in bash. Put into ~/.bashrc:  source <(./selfsame completion bash)
            _selfsame() {
                local line=${COMP_LINE:0:COMP_POINT} word candidate
                line=${line#"${COMP_WORDS[0]}"}
                line=${line# }
                word=${line##*[[:space:]]}
                # Of --option=value, the program completes the value as a word of its own.
                if [[ $word == --*=* ]]; then
                    line="${line%"$word"}${word%%=*} ${word#*=}"
                    word=${word#*=}
                fi
                # bash cuts words at = and :, the program does not.
                local done=${word%"${COMP_WORDS[COMP_CWORD]}"}
                COMPREPLY=()
                while IFS= read -r candidate; do
                    [[ $candidate == "$word"* ]] && COMPREPLY+=("${candidate#"$done"}")
                done < <(SELFSAME_NO_SETUP=1 "${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)
                [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]] && compopt -o nospace
                return 0
            }
            complete -o default -F _selfsame selfsame ./selfsame
            """,
        ["zsh"] =
            """
            # Completion of selfsame in zsh. Put into ~/.zshrc:  source <(./selfsame completion zsh)
            _selfsame() {
                local line=${BUFFER[1,CURSOR]}
                line=${line#"${words[1]}"}
                line=${line# }
                local -a candidates
                candidates=("${(@f)$(SELFSAME_NO_SETUP=1 "${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
                local -a plain open
                plain=("${(@)candidates:#*=}")
                open=("${(@M)candidates:#*=}")
                compadd -- "${plain[@]}"
                compadd -S '' -- "${open[@]}"
                _files
            }
            compdef _selfsame selfsame ./selfsame
            """,
        ["fish"] =
            """
            # Completion of selfsame in fish. Put into ~/.config/fish/config.fish:  ./selfsame completion fish | source
            function __selfsame_complete
                set -l words (commandline --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor)
                set -l line (string join ' ' -- $words[2..-1])
                SELFSAME_NO_SETUP=1 $words[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
            end
            complete --command selfsame --arguments '(__selfsame_complete)'
            """,
        ["pwsh"] =
            """
            # Completion of selfsame in PowerShell. Put into $PROFILE:  ./selfsame completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName selfsame -ScriptBlock {
                param($wordToComplete, $commandAst, $cursorPosition)
                $program = $commandAst.CommandElements[0].ToString()
                $text = $commandAst.ToString().PadRight($cursorPosition).Substring(0, $cursorPosition)
                $line = $text.Substring([Math]::Min($text.Length, $program.Length + 1))
                $env:SELFSAME_NO_SETUP = '1'
                & $program "[suggest:$($line.Length)]" $line 2>$null | Where-Object { $_ -like "$wordToComplete*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
            }
            """,
    };
}
