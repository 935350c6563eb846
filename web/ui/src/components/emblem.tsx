// The classes' coats of arms, drawn here so that no picture has to be fetched. Decorative: the name stands beside them.
import { useId, type ReactNode } from "react";
import type { CharacterClass } from "@/lib/types";
import "./emblem.css";

export type ClassName = CharacterClass | "novice";

/** The classes' names are names: they are the same in every language. */
export const CLASS_TITLES: Record<ClassName, string> = {
  novice: "Novice",
  scout: "Scout",
  sage: "Sage",
  champion: "Champion",
};

const SHIELD = "M48 4 83 16v31c0 22-14 37-35 45C27 84 13 69 13 47V16Z";
const INNER = "M48 11.5 76.5 21.3V47c0 18-11 30.5-28.5 37.6C30.5 77.5 19.5 65 19.5 47V21.3Z";

export function Emblem({ name, size = 64 }: { name: ClassName; size?: number }) {
  const id = useId();
  return (
    <svg className="emblem" data-class={name} viewBox="0 0 96 96" width={size} height={size} aria-hidden="true">
      <defs>
        <linearGradient id={`${id}field`} x1="0.15" y1="0" x2="0.85" y2="1">
          <stop offset="0" stopColor="var(--crest-light)" />
          <stop offset="1" stopColor="var(--crest-deep)" />
        </linearGradient>
        <linearGradient id={`${id}gloss`} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#fff" stopOpacity="0.38" />
          <stop offset="0.6" stopColor="#fff" stopOpacity="0" />
        </linearGradient>
      </defs>
      <path d={SHIELD} fill="var(--crest-rim)" />
      <path d={INNER} fill={`url(#${id}field)`} />
      <path d="M48 11.5 76.5 21.3V47c-17-9-40-9-57 0V21.3Z" fill={`url(#${id}gloss)`} />
      <path d={INNER} fill="none" stroke="#fff" strokeOpacity="0.28" strokeWidth="1.2" />
      {GLYPHS[name]}
    </svg>
  );
}

/** A four-pointed star around (x, y). */
function Star({ x, y, size, opacity = 1 }: { x: number; y: number; size: number; opacity?: number }) {
  const waist = size * 0.16;
  return (
    <path
      fill="#fff"
      fillOpacity={opacity}
      d={`M${x} ${y - size}Q${x + waist} ${y - waist} ${x + size} ${y}Q${x + waist} ${y + waist} ${x} ${y + size}Q${x - waist} ${y + waist} ${x - size} ${y}Q${x - waist} ${y - waist} ${x} ${y - size}Z`}
    />
  );
}

const NOVICE = (
  <g>
    <path d="M48 72V48" stroke="#fff" strokeWidth="3.6" strokeLinecap="round" />
    <path d="M48 54c-1-10-8-15-18-15 0 11 7 16 18 15Z" fill="#fff" />
    <path d="M48 48c1-11 8-17 19-18 1 12-7 19-19 18Z" fill="#fff" fillOpacity="0.82" />
    <path d="M36 72h24" stroke="#fff" strokeOpacity="0.6" strokeWidth="3.2" strokeLinecap="round" />
  </g>
);

const SCOUT = (
  <g>
    <circle cx="48" cy="47" r="22" fill="none" stroke="#fff" strokeWidth="3" />
    <g stroke="#fff" strokeWidth="2.6" strokeLinecap="round">
      <path d="M48 29.5v3M48 61.5v3M30.5 47h3M62.5 47h3" />
    </g>
    <g transform="rotate(38 48 47)">
      <path d="M48 28 54 47H42Z" fill="#fff" />
      <path d="M48 66 42 47h12Z" fill="#fff" fillOpacity="0.48" />
      <circle cx="48" cy="47" r="2.6" fill="var(--crest-deep)" />
    </g>
  </g>
);

const SAGE = (
  <g>
    <path d="M46.5 71c-6-5-13-6-20-5.5V43c7-.5 14 .5 20 5.5Z" fill="#fff" />
    <path d="M49.5 71c6-5 13-6 20-5.5V43c-7-.5-14 .5-20 5.5Z" fill="#fff" fillOpacity="0.78" />
    <path
      d="M31 49.5c4 0 8 .8 11 2.7M31 56c4 0 8 .8 11 2.7"
      stroke="var(--crest-deep)"
      strokeOpacity="0.55"
      strokeWidth="1.9"
      fill="none"
      strokeLinecap="round"
    />
    <Star x={48} y={30} size={12} />
    <Star x={65} y={34} size={4.5} opacity={0.8} />
    <Star x={31} y={34} size={3.6} opacity={0.7} />
  </g>
);

const CHAMPION = (
  <g>
    <path d="M29 58 25 33l13 10 10-17 10 17 13-10-4 25Z" fill="#fff" />
    <path d="M30 63h36v5.5a2 2 0 0 1-2 2H32a2 2 0 0 1-2-2Z" fill="#fff" fillOpacity="0.78" />
    <g fill="#fff">
      <circle cx="48" cy="24" r="3.4" />
      <circle cx="24.5" cy="31" r="2.8" />
      <circle cx="71.5" cy="31" r="2.8" />
    </g>
    <path d="m48 45 4.5 5-4.5 5-4.5-5Z" fill="var(--crest-deep)" />
  </g>
);

const GLYPHS: Record<ClassName, ReactNode> = { novice: NOVICE, scout: SCOUT, sage: SAGE, champion: CHAMPION };
