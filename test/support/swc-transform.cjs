/**
 * Jest transform: compiles our TypeScript, and those dependencies that are ES modules, to CommonJS with swc.
 * Dependencies that are CommonJS already pass through untouched, which keeps a cold test run fast.
 */
const swcJest = require('@swc/jest');

const ESM_SYNTAX = /^\s*(import|export)\b|\bimport\.meta\b|\bimport\s*\(/m;

module.exports = {
  createTransformer(options) {
    const swc = swcJest.createTransformer(options);
    const isForeign = (file) => file.includes('/node_modules/');
    return {
      ...swc,
      process(source, file, transformOptions) {
        if (isForeign(file) && !ESM_SYNTAX.test(source)) return { code: source };
        return swc.process(source, file, transformOptions);
      },
    };
  },
};
