/** What a partner, or somebody who is none, meets at the door: one test class for each behaviour, over real sockets. */
package io.countersign.receive;
