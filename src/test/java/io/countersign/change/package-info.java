/** What changes while the service runs, all of it together. */
package io.countersign.change;
