//! What can be done with users, profiles and channels? One file a verb.
