package web

import "net/http"

func (s *Server) item(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) approve(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) assign(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) comment(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) addEvidence(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) removeEvidence(http.ResponseWriter, *http.Request) error { return errNoPage }
