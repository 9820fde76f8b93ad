import type { Tensor } from '@tensorflow/tfjs-core';
import type { Static, TObject } from 'typebox';

/** Values by name. */
export type Named<T> = Readonly<Record<string, T>>;

/** The same names, with a tensor for each. */
export type TensorsOf<Values extends object> = { readonly [Name in keyof Values]: Tensor };

/** Gradients of the weights, in their order; missing for a weight that the loss does not depend on. */
export type Gradients = readonly (Tensor | null | undefined)[];

/** What a slot holds before the first step: a number in every element, or a copy of the weight itself. */
export type SlotStart = number | 'weight';

/** A weight that moves in a step. */
export interface MovingWeight<Slots extends object = Named<number>, Prepared extends object = Named<Tensor>> {
  readonly weight: Tensor;
  /** The loss's gradient, after accumulation and clipping; the weight's shape. */
  readonly gradient: Tensor;
  /** This weight's slots, the weight's shape each. */
  readonly slots: TensorsOf<Slots>;
  /** What `prepare` returned for this weight's learning rate. */
  readonly prepared: Prepared;
}

/**
 * The arithmetic of one optimizer, with the learning rate as an input. A rule owns no tensors: the caller passes weights and
 * slots, so the same rule serves an eager step, a compiled one and a snapshot.
 *
 * Every function is pure, is called inside `tf.tidy`, and must stay on the device (no `dataSync`).
 *
 * The type parameters check the names of slots in a rule's own file; all other code uses plain `UpdateRule`.
 */
export interface UpdateRule<
  Slots extends object = Named<number>,
  Shared extends object = Named<number>,
  Prepared extends object = Named<Tensor>,
  Joint extends object = Named<Tensor>,
> {
  /** The optimizer's name, as in the table of optimizers. */
  readonly name: string;
  /**
   * Whether a step follows a running average of earlier gradients, or is scaled by one. Such an optimizer shows the effect of
   * a new rate some steps late, which the analysis of a sweep takes into account.
   */
  readonly usesMovingAverage: boolean;
  /** The state of each weight: slot name → initial value. */
  readonly slots: Slots & Named<SlotStart>;
  /** Slots that hold weights, such as averages of them: a weight's constraint is applied to them too. Default: none. */
  readonly weightSlots?: readonly string[];
  /**
   * The slots that hold past updates, as Keras's velocity does, with their learning rate in them. They are scaled where the
   * velocity must follow a changed rate immediately (Goyal et al., 2017, "momentum correction").
   */
  readonly velocitySlots: readonly string[];
  /** The momentum (β₁ of adam and its variants) that a schedule may set; missing where there is none. */
  readonly momentum?: number;
  /** Scalars that all weights share and that persist between steps: name → initial value. */
  readonly shared: Shared;
  /** Batches whose mean gradient makes one update; missing for 1. The slot `accumulated` then holds their sum so far. */
  readonly batchesPerUpdate?: number;
  /** Whether the slot `weightAverage` holds an average of the weight, with which the model is evaluated and the training ends. */
  readonly averagesWeights?: boolean;
  /** Whether `together` needs the loss of the batch. Default: no. */
  readonly usesLoss?: boolean;
  /** Limits the gradients of all weights before an update; missing where they are taken as they are. */
  readonly clip?: (gradients: Gradients) => Gradients;
  /**
   * Computes what all weights need, once a step, such as bias corrections.
   *
   * @param rate the learning rate, a scalar
   * @param step the number of this step, a float32 scalar, from 1
   * @param shared the shared scalars after the last step
   * @param momentum of this step, a scalar; the rule's own by default
   * @returns scalars for `update`; one that has a name of `shared` is its next value
   */
  prepare(rate: Tensor, step: Tensor, shared: TensorsOf<Shared>, momentum?: Tensor): Prepared;
  /**
   * Computes what depends on all weights together, such as the norm of all gradients, after `prepare` and before any weight
   * moves. Missing where each weight moves by itself.
   *
   * @param moving every weight that has a gradient
   * @param shared the shared scalars after the last step
   * @param prepared what `prepare` returned for the learning rate of the step; weights in groups have others of their own
   * @param loss of the batch, or the mean of the batches that make one update, a scalar; given where `usesLoss` says so
   * @returns scalars for `update`, in place of prepared ones of the same name; one that has a name of `shared` is its next value
   */
  together?(
    moving: readonly MovingWeight<Slots, Prepared>[],
    shared: TensorsOf<Shared>,
    prepared: Prepared,
    loss: Tensor,
  ): Joint;
  /**
   * Updates one weight.
   *
   * @param weight the weight, any shape
   * @param gradient the loss's gradient, same shape
   * @param slots this weight's slots, same shape each
   * @param prepared what `prepare` and `together` returned
   * @param name the weight's name, such as `dense/kernel`
   * @returns the new weight and the new value of every slot
   */
  update(
    weight: Tensor,
    gradient: Tensor,
    slots: TensorsOf<Slots>,
    prepared: Prepared & Joint,
    name: string,
  ): { weight: Tensor; slots: TensorsOf<Slots> };
}

/** Declares a rule with the names of its slots and scalars inferred. */
export function updateRule<
  Slots extends object,
  Shared extends object,
  Prepared extends object,
  Joint extends object = object,
>(rule: UpdateRule<Slots, Shared, Prepared, Joint>): UpdateRule {
  // Sound, because a rule only ever gets the slots and scalars that it declared itself.
  return rule as unknown as UpdateRule;
}

/** How an optimizer is written in other libraries, for the lines of code that use a suggested rate. */
export interface OptimizerCode {
  /** Its class in `keras.optimizers`; null where Keras has none with the same arithmetic. */
  readonly keras: string | null;
  /** Parameters that Keras's class does not have; it stands for the optimizer where they have their defaults. */
  readonly notInKeras?: readonly string[];
  /** Parameters of which 0 is Keras's `None`. */
  readonly noneInKeras?: readonly string[];
  /**
   * The slots in the order in which Keras keeps them: those of an entry are created weight by weight, and each has the names that Keras
   * 2 gives it. Slots that the rule does not have are passed over. Default: a state of Keras's is not read.
   */
  readonly kerasSlots?: readonly Readonly<Record<string, readonly string[]>>[] | undefined;
  /** What the rule has besides slots after some steps, for files that do not keep it. Default: what it begins with. */
  readonly sharedAfter?: (parameters: Readonly<Record<string, unknown>>, steps: number) => Named<number>;
  /** Its function in `optax.contrib`, and what its parameters are called there. Default: none. */
  readonly optax?: { readonly name: string; readonly parameters: Named<string> };
  /**
   * Its function in `tf.train`, and the order of its parameters after the rate; null where TensorFlow.js has none with
   * the same arithmetic.
   */
  readonly tfjs: (parameters: Readonly<Record<string, unknown>>) => {
    readonly name: string;
    readonly parameters: readonly string[];
    /** Parameters that have no effect in this form, and so need no place in it. */
    readonly withoutEffect?: readonly string[];
  } | null;
  /** Defaults of these constructors, where they differ from the defaults here. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Parameters that the optimizer's name implies. */
  readonly implied?: Readonly<Record<string, unknown>>;
}

/** An entry of the table of optimizers: its name, its parameters (declared once, as a schema) and how to make its rule. */
export interface OptimizerKind<Parameters extends TObject = TObject> {
  readonly name: string;
  /** One line for help and docs. */
  readonly summary: string;
  /** The default learning rate, of Keras or else of optax. */
  readonly defaultRate: number;
  /**
   * A rate that suits many models, by the tasks that rules are made from (docs/method.md). Only for an optimizer whose steps
   * have a length that depends on the rate alone; where it depends on the size of the gradients, no rate suits many.
   */
  readonly usualRate?: number;
  /**
   * Whether it finds its step sizes itself, so that the learning rate only multiplies them and 1 is the rate to train with. No
   * search is made for such an optimizer. Default: no.
   */
  readonly rateFree?: boolean;
  /** Whether it keeps an average of the weights of its own, in place of `useEma`. Default: no. */
  readonly averagesWeights?: boolean;
  /** How other libraries write it. */
  readonly code: OptimizerCode;
  /** Every parameter with its default, range and description. */
  readonly parameters: Parameters;
  create(parameters: Static<Parameters>): UpdateRule;
}

/** Declares an entry with its parameters' types inferred. */
export function optimizerKind<Parameters extends TObject>(kind: OptimizerKind<Parameters>): OptimizerKind<Parameters> {
  return kind;
}
