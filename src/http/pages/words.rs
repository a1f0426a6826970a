//! What are pages called before the site has loaded its own words? The titles of the shell.

use farandole_player::Language::{self, English, French};

/// A page whose title depends on nothing but the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Title {
    Home,
    Login,
    Signup,
    Upload,
    MyVideos,
    MyChannels,
    MyAccount,
    EditVideo,
    Notifications,
    MyReports,
    MyBlocks,
    MyDecisions,
    Transparency,
    Moderation,
    Plugins,
    Users,
    Traffic,
    About,
    Nothing,
    NotPublic,
}

impl Title {
    /// The title in `language`; empty for the first page, which bears the site's name alone.
    pub(super) fn text(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Home, _) => "",
            (Self::Login, English) => "Log in",
            (Self::Login, French) => "Connexion",
            (Self::Signup, English) => "Create an account",
            (Self::Signup, French) => "Créer un compte",
            (Self::Upload, English) => "Upload a video",
            (Self::Upload, French) => "Envoyer une vidéo",
            (Self::MyVideos, English) => "My videos",
            (Self::MyVideos, French) => "Mes vidéos",
            (Self::MyChannels, English) => "My channels",
            (Self::MyChannels, French) => "Mes chaînes",
            (Self::MyAccount, English) => "My account",
            (Self::MyAccount, French) => "Mon compte",
            (Self::EditVideo, English) => "Edit a video",
            (Self::EditVideo, French) => "Modifier une vidéo",
            (Self::Notifications, _) => "Notifications",
            (Self::MyReports, English) => "My reports",
            (Self::MyReports, French) => "Mes signalements",
            (Self::MyBlocks, English) => "Muted",
            (Self::MyBlocks, French) => "Masqués",
            (Self::MyDecisions, English) => "Decisions about me",
            (Self::MyDecisions, French) => "Décisions me concernant",
            (Self::Transparency, English) => "How this site is moderated",
            (Self::Transparency, French) => "La modération de ce site",
            (Self::Moderation, English) => "Moderation",
            (Self::Moderation, French) => "Modération",
            (Self::Plugins, English) => "Plugins",
            (Self::Plugins, French) => "Extensions",
            (Self::Users, English) => "Users",
            (Self::Users, French) => "Utilisateurs",
            (Self::Traffic, English) => "Traffic",
            (Self::Traffic, French) => "Trafic",
            (Self::About, English) => "About",
            (Self::About, French) => "À propos",
            (Self::Nothing, English) => "There is nothing here",
            (Self::Nothing, French) => "Il n’y a rien ici",
            (Self::NotPublic, English) => "This video is not public",
            (Self::NotPublic, French) => "Cette vidéo n’est pas publique",
        }
    }
}
