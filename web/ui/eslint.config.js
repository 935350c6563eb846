// The linter of the pages: types are read (no forgotten promise), hooks, access for everybody, and who may import whom.
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** What the files of one layer may not import: app → features → components → lib, and no feature another. */
function zone(files, forbidden, message) {
  const patterns = [{ group: forbidden, message }];
  return { files, ignores: ["src/**/*.test.{ts,tsx}"], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

const zones = [
  zone(["src/lib/**"], ["@/app/*", "@/features/*", "@/components/*"], "lib knows nobody above it."),
  zone(["src/components/**"], ["@/app/*", "@/features/*"], "Components know lib only."),
  zone(
    ["src/features/**"],
    ["@/app/*", "@/features/*"],
    "A feature knows components and lib, and of features only itself.",
  ),
];

export default tseslint.config(
  { ignores: ["dist", "src/lib/api-types.ts", "src/locales/**"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.strict, reactHooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      // `build.query<Answer, void>` is how the query cache writes "asks for nothing".
      "@typescript-eslint/no-invalid-void-type": "off",
      // Frosted UI takes the element apart from its children: render={<h1 />}.
      "jsx-a11y/heading-has-content": "off",
      "jsx-a11y/anchor-has-content": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A list loses its role in Safari when its bullets are taken away: our lists say it again.
      "jsx-a11y/no-redundant-roles": ["error", { ul: ["list"], ol: ["list"] }],
    },
  },
  ...zones,
  {
    // What people read stands in the catalogue. The gallery is for those who build pages.
    files: ["src/**/*.tsx"],
    ignores: ["src/app/gallery/**", "src/**/*.test.tsx"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "JSXElement:not([openingElement.name.name='Trans']) > JSXText[value=/[a-z]{2}/]",
          message: "Words belong in <Trans> or t`…`.",
        },
      ],
    },
  },
  {
    files: ["**/*.test.{ts,tsx}", "src/test/**"],
    rules: {
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-unnecessary-condition": "off",
    },
  },
);
