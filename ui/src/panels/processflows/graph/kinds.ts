// Icon and words of a step.
import type { Component } from 'svelte';
import ArrowDownToLine from '@lucide/svelte/icons/arrow-down-to-line';
import CircleQuestionMark from '@lucide/svelte/icons/circle-question-mark';
import Clock from '@lucide/svelte/icons/clock';
import Combine from '@lucide/svelte/icons/combine';
import Equal from '@lucide/svelte/icons/equal';
import FileSearch from '@lucide/svelte/icons/file-search';
import Filter from '@lucide/svelte/icons/funnel';
import PenLine from '@lucide/svelte/icons/pen-line';
import Repeat from '@lucide/svelte/icons/repeat';
import Split from '@lucide/svelte/icons/split';
import type { Graph, GraphEdge, GraphNode } from '../../../api';
import { formatNumber, hasWords, said, t } from '../../../i18n';

const ICONS: Record<string, Component> = {
  branch: Split,
  delay: Clock,
  fetch: FileSearch,
  for_each: Repeat,
  merge: Combine,
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
  if (node.kind === 'merge') return t('editor:graph.by', { names: node.names.join(', ') });
  if (node.kind === 'branch') return t('editor:graph.firstRule');
  if (node.kind === 'for_each') return node.each ?? '';
  if (node.kind === 'delay') return node.gives ?? '';
  return [node.connection, node.action].filter(Boolean).join(' / ');
}

/** What else there is to say of it. */
export function aboutOf(node: GraphNode): string {
  if (node.kind === 'skip') return node.reason ? (node.when ?? '') : '';
  const named = node.gives ? t('editor:graph.as', { name: node.gives }) : '';
  if (node.kind === 'merge') return named;
  if (node.kind === 'fetch') return [named, node.target].filter(Boolean).join(' · ');
  if (node.kind !== 'write') return node.target ?? '';
  const fields = node.names.length > 0 ? t('editor:graph.fields', { count: node.names.length }) : '';
  const each = node.each ? t('editor:graph.each', { list: node.each }) : '';
  return [node.target, each, fields].filter(Boolean).join(' · ');
}

/** The rule that an edge stands for: of a way, that it takes all others, or that none of the ways was taken. */
export function ruleOf(edge: GraphEdge, { nodes }: Graph): string | undefined {
  if (edge.when !== null) return edge.when;
  const from = nodes.find(({ id }) => id === edge.from);
  const parts = from?.kind === 'branch' && nodes.some(({ inside }) => inside === from.id);
  return parts ? t('editor:branch.others') : undefined;
}

/** The rule that leads to a step: of the first one on a way. */
export function ruleTo(step: GraphNode, graph: Graph): string | undefined {
  const edge = graph.edges.find(({ from, to }) => from === step.inside && to === step.id);
  return edge && ruleOf(edge, graph);
}

/** The list that a step is taken through, by the number of the step that does so. */
function listOf(id: string | null, graph: Graph): string | undefined {
  const above = graph.nodes.find((node) => node.id === graph.nodes.find((one) => one.id === id)?.inside);
  return above?.kind === 'for_each' ? above.id : above && listOf(above.id, graph);
}

/** Records that went along an edge. Behind a list elements become records again: how many, the edge cannot tell. */
export function recordsOf({ from, to, records }: GraphEdge, graph: Graph): number | null {
  const list = listOf(from, graph);
  return list !== undefined && !to.startsWith(`${list}.`) ? null : records;
}

/** In how many others a step lies. */
export function depthOf(step: GraphNode, graph: Graph): number {
  const above = graph.nodes.find(({ id }) => id === step.inside);
  return above ? depthOf(above, graph) + 1 : 0;
}

/** One thing a run counted at a step. */
export interface Count {
  what: 'read' | 'came' | 'skipped' | 'written' | 'unchanged' | 'failed';
  number: number;
  words: string;
}

/** Kinds of step that only take records on: of them a run counts what came to them. */
const PASSING = new Set(['branch', 'delay', 'fetch', 'for_each', 'merge']);

/** What a run counted at a step, in words; a zero is said only where there is nothing else to say. */
export function countsOf(node: GraphNode): Count[] {
  const { counts, kind } = node;
  if (!counts) return [];
  const all: [Count['what'], number, boolean][] = [
    ...(kind === 'read' ? [['read', counts.records, true] as [Count['what'], number, boolean]] : []),
    ...(PASSING.has(kind) ? [['came', counts.records, true] as [Count['what'], number, boolean]] : []),
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
