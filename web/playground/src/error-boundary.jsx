// The last resort: words and a way out instead of a white page.
import { Component } from 'react';

export class ErrorBoundary extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  reset = () => {
    this.props.storage.clear();
    window.location.reload();
  };

  render() {
    if (!this.state.error) {
      return this.props.children;
    }
    return (
      <main className="playground-failure">
        <h1>The playground could not start</h1>
        <p>{String(this.state.error.message ?? this.state.error)}</p>
        <p>
          <button type="button" onClick={this.reset}>
            Delete the stored tabs and settings, and start again
          </button>
        </p>
        <p>
          <a href="/">Go to the home page</a>
        </p>
      </main>
    );
  }
}
