/** The advice on sizes; loaded when a product with a size chart is looked at. */
export { chartOf, type SizeChart } from "./chart";
export { FitAdvice, type Advised } from "./element";
export { recommend, type Verdict, type Wish } from "./fit";
export { fitMap, regionColours, type Region } from "./map";
export { fromBody, fromHead, merged, type Measures } from "./measures";
export { own } from "./own";
