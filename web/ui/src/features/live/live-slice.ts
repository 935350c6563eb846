// How fresh the page is, in one word, and what is being celebrated.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { LiveState } from "@/lib/live";
import type { Notice } from "@/lib/types";

export const liveSlice = createSlice({
  name: "live",
  initialState: (): LiveState => "connecting",
  reducers: { liveStateChanged: (_state, action: PayloadAction<LiveState>) => action.payload },
});

interface Celebration {
  /** Of one type; what follows while they are shown joins them: several levels are one climb. */
  notices: Notice[];
}

export const momentSlice = createSlice({
  name: "moment",
  initialState: (): Celebration => ({ notices: [] }),
  reducers: {
    celebrated: (state, action: PayloadAction<Notice[]>) => {
      const [first] = action.payload;
      const joins = first && state.notices[0]?.type === first.type;
      state.notices = joins ? [...state.notices, ...action.payload] : action.payload;
    },
    momentPassed: (state) => {
      state.notices = [];
    },
  },
});

export const { liveStateChanged } = liveSlice.actions;
export const { celebrated, momentPassed } = momentSlice.actions;
