// A chunk of its own: only who reads German loads it.
import connectors from './de/connectors.json';
import engine from './de/engine.json';
import kit from './de/kit.json';
import libraries from './de/libraries.json';
import processflows from './de/processflows.json';
import readmes from './de/readmes.json';
import window from './de/window.json';
import words from './de/words.json';
import { Phrasebook } from './phrasebook';

export default new Phrasebook({
  ...libraries,
  ...words,
  ...processflows,
  ...readmes,
  ...window,
  ...kit,
  ...connectors,
  ...engine,
});
