/**
 * Every error a user can meet: code → HTTP status, message, remedy. docs/errors.md is generated
 * from this table; test/errors.test.ts holds table, page and thrown codes equal.
 * Message: what was found and what was expected. Remedy: what to do. Rows sorted by room.
 */
export interface ErrorRow {
  readonly status: number;
  readonly message: string;
  readonly remedy: string;
}

export const errorTable = {
  // base, any room
  invalid_option: {
    status: 400,
    message: 'Option {name}: found {found}, expected {expected}.',
    remedy: '',
  },
  // formats
  file_not_found: {
    status: 404,
    message: 'No file at {path}.',
    remedy: 'Check the path, or pull a model: sampan pull deepseek-r1:1.5b',
  },
  file_unreadable: {
    status: 422,
    message: 'Cannot read {path}: {reason}.',
    remedy: 'Give the path of a file that you may read.',
  },
  file_damaged: {
    status: 422,
    message: '{file}: {field}: found {found}, expected {expected}.',
    remedy: 'The file is incomplete or damaged. Remove it and pull it again.',
  },
  // models
  architecture_unknown: {
    status: 422,
    message: '{file}: architecture {found} is not known; known are {expected}.',
    remedy: 'Sampan runs the DeepSeek family and its distills.',
  },
  tensor_missing: {
    status: 422,
    message: '{file}: tensor {tensor} is missing.',
    remedy: 'The file is incomplete, or its architecture is not what its header says.',
  },
  tensor_shape: {
    status: 422,
    message: '{file}: tensor {tensor} has shape {found}, expected {expected}.',
    remedy: 'The weights do not belong to this configuration.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;
