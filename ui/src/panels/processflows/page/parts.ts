// The editor and the graph come in when they are looked at: the list opens without waiting for either.
import type { Component } from 'svelte';
import type { Graph, GraphNode } from '../../../api';

/** What the editor takes. */
interface EditorProps {
  /** The draft. */
  name: string;
}
/** What the drawing takes. */
export interface GraphProps {
  graph: Graph;
  /** A step was chosen. */
  onselect?: (node: GraphNode) => void;
  /** Where what a run counted at a step can be looked at. */
  linkOf?: (node: GraphNode, what: string) => string | undefined;
}
type Loaded<P extends object> = { default: Component<P> };

const editors = import.meta.glob<Loaded<EditorProps>>('../editor/Editor.svelte');
const graphs = import.meta.glob<Loaded<GraphProps>>('../graph/Graph.svelte');

async function first<P extends object>(found: Record<string, () => Promise<Loaded<P>>>) {
  const load = Object.values(found)[0];
  return load ? (await load()).default : undefined;
}

/** The editor. */
export const loadEditor = () => first(editors);
/** The drawing. */
export const loadGraph = () => first(graphs);
