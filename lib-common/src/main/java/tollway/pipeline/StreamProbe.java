// SPDX-License-Identifier: Apache-2.0
package tollway.pipeline;

import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** A request that wants to know what the egress answers, and nothing else. */
final class StreamProbe implements WaitingStreams.Outcome {
  private final CompletableFuture<StreamAnswer> answer;

  StreamProbe(CompletableFuture<StreamAnswer> answer) {
    this.answer = answer;
  }

  @Override
  public void connected(DuplexChannel stream) {
    answer.complete(StreamAnswer.connected());
    Relay.abort(stream);
  }

  @Override
  public void failed(NoStream why) {
    if (why.status().isPresent()) {
      answer.complete(new StreamAnswer(why.status().get(), why.reason()));
    } else {
      answer.completeExceptionally(new IOException(why.reason()));
    }
  }

  @Override
  public boolean cancelled() {
    return answer.isDone();
  }

  @Override
  public boolean awaitsAnswer() {
    return true;
  }
}
