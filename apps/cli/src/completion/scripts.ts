/** Scripts that a shell reads: each asks `quorate complete` for the words that fit. */

/** Shells that are known. */
export const shells = ["bash", "zsh", "fish"] as const;

/** See `shells`. */
export type Shell = (typeof shells)[number];

/**
 * Where no word fits, files are offered: bodies and configurations come from some. Bash parts words
 * at `@`, so that what follows it is a word of its own there.
 */
const bash = `# quorate completion for bash; put into ~/.bashrc: source <(quorate completion bash)
_quorate() {
  local line
  COMPREPLY=()
  while IFS='' read -r line; do COMPREPLY+=("$line"); done \\
    < <(quorate complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _quorate quorate
`;

/** Read by `source`, it may come before compinit has run; found by compinit in a folder of fpath, it is called at once. */
const zsh = `#compdef quorate
# quorate completion for zsh; put into ~/.zshrc: source <(quorate completion zsh)
_quorate() {
  local -a found
  found=("\${(@f)$(quorate complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then
    compadd -a found
  else
    compset -P @
    _files
  fi
}
if [[ "$funcstack[1]" == _quorate ]]; then
  _quorate "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
  compdef _quorate quorate
fi
`;

const fish = `# quorate completion for fish; put into ~/.config/fish/completions/quorate.fish
function __quorate_complete
    set -l begun (commandline -ct)
    set -l words (commandline -opc) "$begun"
    set -l found (quorate complete -- $words[2..-1] 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else if string match -q -- '@*' "$begun"
        __fish_complete_path (string sub -s 2 -- "$begun") | string replace -r '^' @
    else
        __fish_complete_path "$begun"
    end
end
complete -c quorate -f -a '(__quorate_complete)'
`;

/** The script for a shell. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
