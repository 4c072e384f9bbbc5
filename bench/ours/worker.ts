/** The process that Sampan runs in. */
import { answerRequests } from '../answer-requests.ts';
import { SampanEngine } from './sampan-engine.ts';

answerRequests(new SampanEngine());
