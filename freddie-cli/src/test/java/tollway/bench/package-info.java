// SPDX-License-Identifier: Apache-2.0
/** Programs that measure: {@code scripts/bench} runs them, and prints their figures as JSON. */
@org.jspecify.annotations.NullMarked
package tollway.bench;
