// The landscape behind the hero: ridges, stars and the path to the summit, in the colours of the class around it.
import "./scene.css";

const STARS: [x: number, y: number, size: number][] = [
  [62, 38, 1.6],
  [128, 84, 1.1],
  [196, 26, 1.3],
  [258, 66, 1.8],
  [322, 30, 1.1],
  [372, 92, 1.4],
  [438, 44, 1.9],
  [492, 18, 1.2],
  [548, 74, 1.3],
  [618, 34, 1.5],
  [674, 88, 1.1],
  [742, 24, 1.4],
  [88, 128, 1.1],
  [304, 124, 1.2],
];

export function Scene() {
  return (
    <svg className="scene" viewBox="0 0 800 260" preserveAspectRatio="xMaxYMax slice" aria-hidden="true">
      <g className="scene-stars">
        {STARS.map(([x, y, size]) => (
          <circle key={`${x}-${y}`} cx={x} cy={y} r={size} />
        ))}
      </g>
      <circle className="scene-glow" cx="640" cy="104" r="92" />
      <circle className="scene-sun" cx="640" cy="104" r="46" />
      <path
        className="scene-far"
        d="M0 214 70 172l58 30 84-66 62 50 68-38 80 58 76-92 70 66 66-94 84 92 82-64V260H0Z"
      />
      <path className="scene-mid" d="M0 236 96 196l74 28 98-44 88 42 84-60 64 44 68-86 62 62 74-40 92 58V260H0Z" />
      <path className="scene-snow" d="m508 184 64-64 19 19 11 11-14-3-12 12-14-10-18 18Z" />
      <path className="scene-near" d="M0 238c90-22 170 6 260-8s150-34 250-22 180-10 290 8V260H0Z" />
      <path className="scene-path" d="M380 260c40-20 128-14 140-30s-34-20-18-38 56-18 60-34-6-16 6-30" />
      <path className="scene-flag" d="M572 120V98l15 5.500-15 6" />
    </svg>
  );
}
