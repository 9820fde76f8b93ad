// TypeBox as one module, because Node takes longer to find its 700 than to run them: the build lets the other packages import it
// from here.
export { default } from 'typebox';
export { Value } from 'typebox/value';
