/** What is asked: the load, the limits, the market. Whatever is moved counts at once. */
import { chipsTable, modelsTable } from '../planner.ts';
import { currencies, maxMtpTokens, planRanges, regions } from '../state/plan-state.ts';
import { logScale, shareScale } from '../state/slider-scale.ts';
import { Choice } from './choice.tsx';
import { usePlanState, usePlanWords } from './plan-context.ts';
import { PriceField } from './price-field.tsx';
import { SliderField } from './slider-field.tsx';

const scales = {
  rate: logScale(planRanges.rate),
  inTokens: logScale(planRanges.inTokens),
  outTokens: logScale(planRanges.outTokens),
  ttftMs: logScale({ ...planRanges.ttftMs, max: 60_000, isOpen: true }),
  tpotMs: logScale({ ...planRanges.tpotMs, max: 1000, isOpen: true }),
  share: shareScale(),
};

export function Controls() {
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()}>
      <Load />
      <Limits />
      <Market />
    </form>
  );
}

function Load() {
  const { load: words, field } = usePlanWords();
  const [state, change] = usePlanState();
  return (
    <fieldset>
      <legend>{words.title}</legend>
      <Choice
        label={words.model}
        values={modelsTable.map(({ id }) => id as string)}
        nameOf={(id) => modelsTable.find((model) => model.id === id)?.name ?? id}
        value={state.model}
        onChange={(model) => change({ model })}
      />
      <SliderField
        label={words.rate}
        unit={field.perSecond}
        value={state.rate}
        range={planRanges.rate}
        scale={scales.rate}
        onChange={(rate) => rate !== undefined && change({ rate })}
      />
      <SliderField
        label={words.inTokens}
        unit={field.tokens}
        value={state.inTokens}
        range={planRanges.inTokens}
        scale={scales.inTokens}
        onChange={(inTokens) => inTokens !== undefined && change({ inTokens })}
      />
      <SliderField
        label={words.outTokens}
        unit={field.tokens}
        value={state.outTokens}
        range={planRanges.outTokens}
        scale={scales.outTokens}
        onChange={(outTokens) => outTokens !== undefined && change({ outTokens })}
      />
      <SliderField
        label={words.cacheHit}
        unit={field.percent}
        times={100}
        value={state.cacheHit}
        range={planRanges.share}
        scale={scales.share}
        onChange={(cacheHit) => cacheHit !== undefined && change({ cacheHit })}
      />
      <Mtp />
    </fieldset>
  );
}

/** One slider more than there are accepted tokens: the next can be added, up to four. */
function Mtp() {
  const { load: words, field } = usePlanWords();
  const [state, change] = usePlanState();
  const { mtp, model } = state;
  if (!modelsTable.find(({ id }) => id === model)?.mtp) return <p class="faint">{words.noMtp}</p>;
  return (
    <>
      {[...mtp, 0].slice(0, maxMtpTokens).map((share, i) => (
        <SliderField
          key={i}
          label={words.mtp(i + 1)}
          unit={field.percent}
          times={100}
          value={share}
          range={planRanges.share}
          scale={scales.share}
          onChange={(value) => value !== undefined && change({ mtp: withShare(mtp, i, value) })}
        />
      ))}
    </>
  );
}

/** A token is only looked at where the one before it was accepted: the first without one ends them. */
function withShare(mtp: readonly number[], index: number, share: number): number[] {
  const all = [...mtp.slice(0, index), share, ...mtp.slice(index + 1)];
  const end = all.indexOf(0);
  return end < 0 ? all : all.slice(0, end);
}

function Limits() {
  const { limits: words, field } = usePlanWords();
  const [state, change] = usePlanState();
  return (
    <fieldset>
      <legend>{words.title}</legend>
      <SliderField
        label={words.ttft}
        unit={field.ms}
        value={state.ttftMs}
        range={planRanges.ttftMs}
        scale={scales.ttftMs}
        onChange={(ttftMs) => change({ ttftMs })}
      />
      <SliderField
        label={words.tpot}
        unit={field.ms}
        value={state.tpotMs}
        range={planRanges.tpotMs}
        scale={scales.tpotMs}
        onChange={(tpotMs) => change({ tpotMs })}
      />
    </fieldset>
  );
}

const regional = 'regional';

function Market() {
  const { market: words } = usePlanWords();
  const [state, change] = usePlanState();
  return (
    <fieldset>
      <legend>{words.title}</legend>
      <Choice
        label={words.region}
        values={regions}
        nameOf={(region) => words.regions[region]}
        value={state.region}
        onChange={(region) => change({ region })}
      />
      <Choice
        label={words.currency}
        values={[regional, ...currencies] as const}
        nameOf={(currency) => (currency === regional ? words.regional : currency)}
        value={state.currency ?? regional}
        onChange={(currency) => change({ currency: currency === regional ? undefined : currency })}
      />
      <details class="prices">
        <summary>{words.prices}</summary>
        <p class="faint">{words.pricesHint}</p>
        {chipsTable.map((chip) => (
          <PriceField key={chip.id} chip={chip} />
        ))}
      </details>
    </fieldset>
  );
}
