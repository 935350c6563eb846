// The ring around the emblem. Decorative: the bar beside it carries the words.
const RADIUS = 56;
const AROUND = 2 * Math.PI * RADIUS;

export function LevelRing({ value, goal }: { value: number; goal: number }) {
  return (
    <svg className="level-ring" viewBox="0 0 124 124" aria-hidden="true">
      <circle className="level-ring-track" cx="62" cy="62" r={RADIUS} />
      <circle
        className="level-ring-done"
        cx="62"
        cy="62"
        r={RADIUS}
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - value / goal)}
      />
    </svg>
  );
}
