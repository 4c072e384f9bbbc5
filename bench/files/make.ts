/** Makes one model file and prints its path: `node bench/files/make.ts 1.5b Q4_K_M`. */
import { modelFile } from './model-file.ts';
import { type FileType, fileTypes } from './recipe.ts';
import { type ShapeName, shapes } from './shapes.ts';

const [shape = '', fileType = ''] = process.argv.slice(2);
if (!Object.hasOwn(shapes, shape) || !(fileTypes as string[]).includes(fileType)) {
  console.error(`Usage: make.ts <${Object.keys(shapes).join('|')}> <${fileTypes.join('|')}>`);
  process.exit(2);
}
console.log(await modelFile(shape as ShapeName, fileType as FileType));
