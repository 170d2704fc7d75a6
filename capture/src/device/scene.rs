//! Who stands at the virtual devices, and how well it goes.
//!
//! The `/virtual` screen and the tests write a [`Scene`]; the virtual scanner and the virtual camera look at it when
//! they are asked to capture. It names positions in a replay folder, never a person.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use matcher::Finger;

/// What the virtual devices show next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Which person of the replay folder, from 0; also the seed of the drawn face.
    pub person: u32,
    /// Which visit of that person, from 1; past the last recorded visit it starts again with the first.
    pub visit: u32,
    /// How the fingers are placed.
    pub behaviour: Behaviour,
    /// The fingers that [`Behaviour::MissingFinger`] leaves out.
    pub missing: Vec<Finger>,
    /// Whether a grown-up or a child is drawn.
    pub looks: Looks,
    /// How the person stands before the camera.
    pub pose: Pose,
    /// What is wrong with the device itself.
    pub trouble: Trouble,
    /// How long they take.
    pub tempo: Tempo,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            person: 0,
            visit: 1,
            behaviour: Behaviour::Clean,
            missing: vec![Finger::RightRing, Finger::LeftRing, Finger::LeftThumb],
            looks: Looks::Adult,
            pose: Pose::Centred,
            trouble: Trouble::None,
            tempo: Tempo::Human,
        }
    }
}

/// The scene that all virtual devices of one kiosk share. Clones see the same scene.
#[derive(Clone, Debug, Default)]
pub struct SceneHandle(Arc<Mutex<Scene>>);

impl SceneHandle {
    /// A copy of the scene as it is now.
    #[must_use]
    pub fn look(&self) -> Scene {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the scene.
    pub fn set(&self, scene: Scene) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = scene;
    }

    /// Changes part of the scene.
    pub fn change(&self, change: impl FnOnce(&mut Scene)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A choice with a stable code for forms and scripts, and words for the screen.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$item_doc:meta])* $item:ident = $code:literal, $words:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$item_doc])* $item,)+ }

        impl $name {
            /// Every choice, in the order in which a screen lists them.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// Stable code for forms and scripts.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$item => $code,)+ }
            }

            /// Words for the screen.
            #[must_use]
            pub fn words(self) -> &'static str {
                match self { $(Self::$item => $words,)+ }
            }

            /// The choice with this code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|choice| choice.code() == code)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.words())
            }
        }
    };
}

choice! {
    /// How fingers are placed on the virtual scanner.
    Behaviour {
        /// As it should be.
        Clean = "clean", "Clean";
        /// Moist skin: ridges run together.
        Wet = "wet", "Wet fingers";
        /// Dry skin: ridges break up.
        Dry = "dry", "Dry fingers";
        /// The hand lies over the edge of the glass.
        Shifted = "shifted", "Hand over the edge";
        /// The other hand is placed, or the thumbs crossed.
        SwappedHands = "swapped-hands", "The other hand";
        /// One finger is not on the glass.
        MissingFinger = "missing-finger", "A finger is missing";
        /// The hand slid over the glass.
        Smear = "smear", "Smeared";
    }
}

choice! {
    /// Who is drawn by the virtual camera.
    Looks {
        /// A grown-up.
        Adult = "adult", "Adult";
        /// A child.
        Child = "child", "Child";
    }
}

choice! {
    /// How the person stands before the virtual camera.
    Pose {
        /// Facing the camera, in the middle, at the right distance.
        Centred = "centred", "In the middle";
        /// To the side of the picture.
        OffCentre = "off-centre", "Off the middle";
        /// Too far away.
        Far = "far", "Too far away";
        /// So close to the edge that the face is cut.
        Cut = "cut", "Cut by the edge";
        /// Nobody.
        Nobody = "nobody", "Nobody there";
        /// Two people.
        TwoPeople = "two-people", "Two people";
        /// Hardly any light.
        Dark = "dark", "Too dark";
        /// Far too much light.
        Bright = "bright", "Too bright";
    }
}

choice! {
    /// How long somebody takes at a virtual device whose live picture is watched.
    Tempo {
        /// A hand comes in and settles, a face moves into the picture; taken when it lies still.
        Human = "human", "As people do";
        /// Three frames, then the picture: for scripts that are not about the live picture.
        Brisk = "brisk", "At once";
    }
}

choice! {
    /// What is wrong with a virtual device itself.
    Trouble {
        /// Nothing.
        None = "none", "Works";
        /// The cable is pulled.
        Unplugged = "unplugged", "Unplugged";
        /// It stops answering in the middle of a call and ignores every request to stop.
        Stalled = "stalled", "Does not answer";
        /// It delivers an image that is not one.
        Garbage = "garbage", "Delivers garbage";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn codes_are_unique_and_read_back() {
        for behaviour in Behaviour::ALL {
            assert_eq!(Behaviour::from_code(behaviour.code()), Some(*behaviour));
        }
        for pose in Pose::ALL {
            assert_eq!(Pose::from_code(pose.code()), Some(*pose));
        }
        let codes: HashSet<_> = Behaviour::ALL.iter().map(|behaviour| behaviour.code()).collect();
        assert_eq!(codes.len(), Behaviour::ALL.len());
        assert_eq!(Trouble::from_code("coffee"), None);
    }

    #[test]
    fn clones_of_a_handle_see_one_scene() {
        let handle = SceneHandle::default();
        let other = handle.clone();
        other.change(|scene| scene.behaviour = Behaviour::Wet);
        assert_eq!(handle.look().behaviour, Behaviour::Wet);
    }
}
