// What every test starts with: English, no window, an empty page.
import { cleanup } from '@testing-library/svelte';
import { afterEach, beforeAll } from 'vitest';

import { startI18n } from '../src/i18n/i18n.svelte';

beforeAll(() => startI18n('en'));
afterEach(() => cleanup());
