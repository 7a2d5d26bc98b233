import type { Component } from 'svelte';
import Database from '@lucide/svelte/icons/database';
import Folder from '@lucide/svelte/icons/folder';
import Plug from '@lucide/svelte/icons/plug';
import Store from '@lucide/svelte/icons/store';

const ICONS: Record<string, Component> = { bigcommerce: Store, sql: Database, files: Folder };

/** The picture of a connector; one that is new gets a plug. */
export function iconOf(connector: string): Component {
  return ICONS[connector] ?? Plug;
}
