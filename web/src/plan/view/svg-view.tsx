/** A chart's tree as elements of the page: its policy takes no markup from strings. */
import { h, type VNode } from 'preact';
import type { SvgElement, SvgNode } from '../../../../src/planner/charts/svg-element.ts';

export function SvgView({ picture }: { readonly picture: SvgElement }): VNode {
  return draw(picture) as VNode;
}

function draw(node: SvgNode): VNode | string {
  if (typeof node === 'string') return node;
  return h(node.name, { ...node.attributes }, ...node.children.map(draw));
}
