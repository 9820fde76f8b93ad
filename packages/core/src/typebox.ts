// TypeBox as one module, because Node takes longer to find its 700 than to run them: the build lets the other packages import it
// from here.
export {
  Array,
  Boolean,
  Integer,
  Literal,
  Null,
  Number,
  Object,
  Optional,
  String,
  Union,
  Unknown,
  Unsafe,
} from 'typebox';
export { Check, Errors } from 'typebox/schema';
