/** A question that stops everything until it is answered. */
export interface Question {
  title: string;
  /** What it means, a sentence or two. */
  text: string;
  /** Names that it concerns, as a list below the text. */
  names?: string[] | undefined;
  /** The word on the button that does it. */
  confirm: string;
  /** The word on the button that does not; "Cancel" when left out. */
  cancel?: string | undefined;
  /** It cannot be taken back. */
  danger?: boolean | undefined;
  /** What must be typed before it can be done. */
  typed?: string | undefined;
}

interface Asked extends Question {
  answer: (yes: boolean) => void;
}

let open = $state.raw<Asked>();

/** The question on show. */
export function openQuestion(): Asked | undefined {
  return open;
}

/** Asks; true when a person said yes. A question that is still open is answered with no. */
export function ask(question: Question): Promise<boolean> {
  open?.answer(false);
  return new Promise((resolve) => {
    const answer = (yes: boolean) => {
      open = undefined;
      resolve(yes);
    };
    open = { ...question, answer };
  });
}
