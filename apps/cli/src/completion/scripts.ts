/** Scripts that a shell reads: each asks `quorate complete` for the words that fit. */

/** Shells that are known. */
export const shells = ["bash", "zsh", "fish"] as const;

/** See `shells`. */
export type Shell = (typeof shells)[number];

/** A message body may come from a file, so files are offered where nothing else fits. */
const bash = `# quorate completion for bash; put into ~/.bashrc: source <(quorate completion bash)
_quorate() {
  local line
  COMPREPLY=()
  while IFS='' read -r line; do COMPREPLY+=("$line"); done \\
    < <(quorate complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _quorate quorate
`;

const zsh = `#compdef quorate
# quorate completion for zsh; put into ~/.zshrc: source <(quorate completion zsh)
_quorate() {
  local -a found
  found=("\${(@f)$(quorate complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _quorate quorate
`;

const fish = `# quorate completion for fish; put into ~/.config/fish/completions/quorate.fish
function __quorate_complete
    set -l words (commandline -opc) (commandline -ct)
    quorate complete -- $words[2..-1] 2>/dev/null
end
complete -c quorate -f -a '(__quorate_complete)'
`;

/** The script for a shell. */
export const completionScripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
