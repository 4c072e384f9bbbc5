/** The process that llama.cpp runs in. */
import { answerRequests } from '../answer-requests.ts';
import { LlamaEngine } from './llama-engine.ts';

answerRequests(new LlamaEngine());
