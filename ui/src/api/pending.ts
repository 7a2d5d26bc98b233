// Operations that panels ask for and that the engine's generated list does not have yet: their panels declare them here.

/** Names, inputs and outputs. */
export interface PendingOperations {}
