// Every test speaks English, as every page does before it renders.
import { restOfWords, speak } from "@/lib/words";

await speak("en");
await restOfWords();
