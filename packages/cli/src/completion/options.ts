import type { FlagGroups } from '../shared/flags.js';

/** The shells that scripts are for. */
export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** `lrfind completion` has no flags. */
export const flags: FlagGroups = [];

/** Help after the flags. */
export const help = `
bash needs the package bash-completion. A new shell completes with Tab.

Examples:
  $ lrfind completion bash > ~/.local/share/bash-completion/completions/lrfind
  $ lrfind completion zsh > ~/.zfunc/_lrfind
  $ lrfind completion fish > ~/.config/fish/completions/lrfind.fish
  $ lrfind completion powershell >> $PROFILE`;
