// The one word the live badge shows.
import { createSlice, type PayloadAction } from "@reduxjs/toolkit";
import type { LiveState } from "@/lib/live";

export const liveSlice = createSlice({
  name: "live",
  initialState: (): LiveState => "connecting",
  reducers: { liveStateChanged: (_state, action: PayloadAction<LiveState>) => action.payload },
});

export const { liveStateChanged } = liveSlice.actions;
