// The engine's hints name commands, for those who type. In the window a button goes to the place that does the same, and the
// command is not shown. One list for all panels.
import { said, t } from '../i18n';
import { placeOf } from '../panels/settings/sections';
import { links } from './links';
import { link } from './router.svelte';

/** A hint as the window tells it. */
export interface Told {
  /** What is left to say. */
  text: string;
  /** Where the button goes. */
  way?: { href: string; label: string };
}

interface Way {
  href: string;
  /** What is opened, in words. */
  place: string;
}

const panel = (name: string) => t(`shell:panel.${name}`);
const section = (name: string): Way => ({ href: links.settings(name), place: t(`settings:section.${name}`) });
/** Names are written in capitals where the one who says it does not know them. */
const isName = (word: string | undefined): word is string =>
  word !== undefined && /[^A-Z…-]/.test(word) && !word.startsWith('-');

const GROUPS: Record<string, string> = { proxy: 'network', ca: 'network', log: 'logs', logs: 'logs' };

function settings(words: string[], sentence: string): Way {
  const key = /^set (\w+)=/.exec(words.join(' '))?.[1];
  if (key) {
    const group = GROUPS[key.split('_')[0] ?? ''] ?? '';
    const name = placeOf({ key, group });
    if (name) return section(name);
  }
  return /proxy|certificate/.test(sentence)
    ? section('network')
    : { href: links.settings(), place: panel('settings') };
}

function connections([act, name]: string[], rest: string): Way {
  const connector = /--connector (\S+)/.exec(rest)?.[1];
  if (act === 'add' && connector && isName(connector))
    return { href: links.newConnection(connector), place: panel('connections') };
  if (act === 'edit' && isName(name)) return { href: links.connection(name), place: name };
  return { href: links.connections(), place: panel('connections') };
}

function processflow(name: string | undefined, tab?: string): Way {
  if (!isName(name)) return { href: links.processflows(), place: panel('processflows') };
  return { href: tab ? link('processflows', name, tab) : links.processflow(name), place: name };
}

/** Where the window does what a command does; nothing where it has no place for it. */
function wayOf(command: string, sentence: string): Way | undefined {
  const [verb = '', ...words] = command.replace(/^(sudo )?processflow /, '').split(/\s+/);
  switch (verb) {
    case 'settings':
      return settings(words, sentence);
    case 'connections':
      return connections(words, command);
    case 'service':
      return section('environment');
    case 'call':
      return words[0] === 'certificates' ? section('network') : undefined;
    case 'deploy':
    case 'check':
      return processflow(undefined);
    case 'run':
      return processflow(words[0]);
    case 'versions':
      return processflow(words[0], 'versions');
    case 'runs':
    case 'status':
      return { href: links.runs(), place: panel('runs') };
    case 'cancel':
      return { href: isName(words[0]) ? links.runsOf(words[0]) : links.runs(), place: panel('runs') };
    case 'failed':
      return { href: links.failed(), place: t('runs:place.failed') };
    case 'logs':
      return { href: links.logs(), place: panel('logs') };
    default:
      return undefined;
  }
}

const COMMAND = /`((?:sudo )?processflow [^`]+)`/;
/** What goes on where another command was named, or is said of the machine behind it. */
const MORE = /^`(connections|run|journalctl) /;

/** What a sentence still says without its command: `Enter a new one: …`, `End it with …`, `… (…)`; else nothing. */
function without(sentence: string): string {
  const rest = /^(.+?)(?::| with| mit| \() ?`(?:sudo )?processflow /.exec(sentence)?.[1] ?? '';
  return rest === '' || /^(If|Wenn|Falls)\b/.test(rest) ? '' : `${rest}.`;
}

/** A hint without the commands that the window has a place for, and the way to the first of them. */
export function told(hint: string): Told {
  let way: Way | undefined;
  const sentences = hint.split(/(?<=[.!?`])\s+(?=[A-Z`])|;\s+(?=`)/).map((sentence) => {
    const command = COMMAND.exec(sentence)?.[1];
    const there = command === undefined ? undefined : wayOf(command, sentence);
    way ??= there;
    if (there) return without(said(sentence));
    if (way && MORE.test(sentence)) return '';
    return /[.!?`]$/.test(sentence) ? sentence : `${sentence}.`;
  });
  if (!way) return { text: hint };
  const text = sentences.filter(Boolean).join(' ');
  return { text, way: { href: way.href, label: t('shell:way', { place: way.place }) } };
}
