// Icon and words of a step.
import type { Component } from 'svelte';
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Equal from '@lucide/svelte/icons/equal';
import Filter from '@lucide/svelte/icons/funnel';
import PenLine from '@lucide/svelte/icons/pen-line';
import type { GraphNode } from '../../../api';
import { formatNumber, hasWords, said, t } from '../../../i18n';

const ICONS: Record<string, Component> = {
  read: ArrowDownToLine,
  set: Equal,
  skip: Filter,
  write: PenLine,
};

/** The picture of a kind of step; one that is newer than this page gets a question mark. */
export function iconOf(kind: string): Component {
  return ICONS[kind] ?? CircleQuestionMark;
}

/** The kind in words. */
export function kindWord(kind: string): string {
  const key = `editor:kind.${kind}`;
  return hasWords(key) ? t(key) : kind;
}

/** What a step is about, in a line. */
export function titleOf(node: GraphNode): string {
  if (node.kind === 'skip') return said(node.reason) ?? node.when ?? '';
  if (node.kind === 'set') return node.names.join(', ');
  return [node.connection, node.action].filter(Boolean).join(' / ');
}

/** What else there is to say of it. */
export function aboutOf(node: GraphNode): string {
  if (node.kind === 'skip') return node.reason ? (node.when ?? '') : '';
  if (node.kind !== 'write') return node.target ?? '';
  const fields = node.names.length > 0 ? t('editor:graph.fields', { count: node.names.length }) : '';
  const each = node.each ? t('editor:graph.each', { list: node.each }) : '';
  return [node.target, each, fields].filter(Boolean).join(' · ');
}

/** One thing a run counted at a step. */
export interface Count {
  what: 'read' | 'skipped' | 'written' | 'unchanged' | 'failed';
  number: number;
  words: string;
}

/** What a run counted at a step, in words; a zero is said only where there is nothing else to say. */
export function countsOf(node: GraphNode): Count[] {
  const { counts, kind } = node;
  if (!counts) return [];
  const all: [Count['what'], number, boolean][] = [
    ...(kind === 'read' ? [['read', counts.records, true] as [Count['what'], number, boolean]] : []),
    ['skipped', counts.skipped, kind === 'skip'],
    ['written', counts.written, kind === 'write'],
    ['unchanged', counts.unchanged, false],
    ['failed', counts.failed, false],
  ];
  return all
    .filter(([, number, always]) => number > 0 || (always && all.every(([, other]) => other === 0)))
    .map(([what, number]) => ({
      what,
      number,
      words: t(`editor:count.${what}`, { count: number, number: formatNumber(number) }),
    }));
}
