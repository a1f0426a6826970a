//! What does the browser get? The built site, player element and embed, and the HTML shell.
