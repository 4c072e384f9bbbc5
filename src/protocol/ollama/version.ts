/**
 * The version of Ollama whose API is spoken here. Clients compare it with the one that brought
 * what they need (tools, thinking, schemas), and refuse to work with less.
 */
export const ollamaVersion = '0.33.0';
